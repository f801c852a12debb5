"""A second factor for staff: numbers from an app on their phone (TOTP), asked for after the password.

Off for whoever has not enrolled, unless SECOND_FACTOR_REQUIRED says that all must.
"""
