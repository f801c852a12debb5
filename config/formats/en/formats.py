"""As in Korean: an operator reads the same column."""

DATETIME_FORMAT = "Y-m-d H:i"
