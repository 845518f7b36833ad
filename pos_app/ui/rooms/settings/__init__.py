"""Settings (设置): language, look, keys, the device and its enrolment."""
