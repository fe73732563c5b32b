"""The product in other languages: one .po file a room and language, merged by compile.py."""
