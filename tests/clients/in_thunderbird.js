// What the tests do inside Thunderbird, in its main window (chrome context). `thunderbird.py`
// appends the call of one of these functions.

const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
const { MailUtils } = ChromeUtils.importESModule("resource:///modules/MailUtils.sys.mjs");

const tabmail = () => document.getElementById("tabmail");
const barOf = (pane) => pane.document.querySelector(".calendar-notification-bar");

/** One calendar for the person's own identity, and a record of every answer over HTTP. */
function setUp() {
  for (const known of cal.manager.getCalendars()) cal.manager.removeCalendar(known);
  const own = cal.manager.createCalendar("storage", Services.io.newURI("moz-storage-calendar://"));
  own.name = "own";
  own.setProperty("imip.identity.key", "id1");
  cal.manager.registerCalendar(own);
  window.answered = [];
  Services.obs.addObserver((channel) => {
    channel.QueryInterface(Ci.nsIHttpChannel);
    window.answered.push([channel.URI.spec, channel.responseStatus]);
  }, "http-on-examine-response");
}

/** Open a mail that was saved as a file. */
function open(path) {
  const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  file.initWithPath(path);
  const address = Services.io.newFileURI(file).mutate();
  const shown = address.setQuery("type=application/x-message-display").finalize();
  MailUtils.openEMLFile(window, file, shown);
}

/** The bar above the opened mail with the buttons to be seen; null until it has been set up. */
function bar() {
  const pane = tabmail().currentAboutMessage;
  if (!pane?.calImipBar?.itipItem || barOf(pane).collapsed) return null;
  const shown = pane.calImipBar.getButtons().filter((button) => button.id && !button.hidden);
  return { buttons: shown.map((button) => button.id) };
}

function press(button) {
  tabmail().currentAboutMessage.document.getElementById(button).doCommand();
}

function close() {
  tabmail().closeTab();
}

async function entries(name) {
  const calendar = cal.manager.getCalendars().find((one) => one.name === name);
  const found = await calendar.getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null);
  return found.map((item) => ({
    uid: item.id,
    title: item.title,
    start: item.startDate.nativeTime / 1e6,
    status: item.status,
    sequence: Number(item.getProperty("SEQUENCE")),
    people: item.getAttendees().map((one) => [one.id, one.commonName, one.participationStatus]),
  }));
}

/** Subscribe as the dialog for a new network calendar does. */
function subscribe(name, address) {
  const calendar = cal.manager.createCalendar("ics", Services.io.newURI(address));
  calendar.name = name;
  calendar.readOnly = true;
  calendar.setProperty("cache.enabled", true);
  cal.manager.registerCalendar(calendar);
}

/** What the button "Synchronize" does. */
function refresh(name) {
  cal.manager.getCalendars().find((one) => one.name === name).refresh();
}

const answers = (address) =>
  window.answered.filter(([url]) => url === address).map(([, status]) => status);
