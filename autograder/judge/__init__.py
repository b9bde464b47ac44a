"""Hidden checks and diagnosis, kept warm: functions in, checked exercises out."""
