// Reads calendars with ical.js (Thunderbird's parser) and with node-ical: one path an argument,
// JSON on the way out, for each program and each file what it makes of the events.

import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const seconds = (date) => date.getTime() / 1000;

function withIcalJs(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return {
      method: calendar.getFirstPropertyValue("method"),
      uid: event.uid,
      sequence: event.sequence,
      status: component.getFirstPropertyValue("status"),
      summary: event.summary,
      location: event.location,
      start: seconds(event.startDate.toJSDate()),
      end: seconds(event.endDate.toJSDate()),
      floating: event.startDate.zone === ICAL.Timezone.localTimezone,
      organizer: event.organizer,
      attendees: event.attendees.map((attendee) => ({
        address: attendee.getFirstValue(),
        name: attendee.getParameter("cn"),
        partstat: attendee.getParameter("partstat"),
        rsvp: String(attendee.getParameter("rsvp")).toUpperCase(),
      })),
    };
  });
}

function withNodeIcal(text) {
  const calendar = nodeIcal.sync.parseICS(text);
  const events = Object.values(calendar).filter((entry) => entry.type === "VEVENT");
  return events.map((event) => ({
    method: calendar.vcalendar.method ?? null,
    uid: event.uid,
    sequence: Number(event.sequence),
    status: event.status,
    summary: event.summary,
    location: event.location ?? null,
    start: seconds(event.start),
    end: seconds(event.end),
    floating: event.start.tz === undefined,
    organizer: event.organizer?.val ?? null,
    attendees: [event.attendee ?? []].flat().map((attendee) => ({
      address: attendee.val,
      name: attendee.params.CN,
      partstat: attendee.params.PARTSTAT,
      rsvp: String(attendee.params.RSVP).toUpperCase(),
    })),
  }));
}

const texts = process.argv.slice(2).map((path) => readFileSync(path, "utf-8"));
const found = { "ical.js": texts.map(withIcalJs), "node-ical": texts.map(withNodeIcal) };
console.log(JSON.stringify(found));
