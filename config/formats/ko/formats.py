"""Short, of one width, and sorted by eye: "2026년 11월 22일 11:56 오전" takes four lines of a list's column."""

DATETIME_FORMAT = "Y-m-d H:i"
