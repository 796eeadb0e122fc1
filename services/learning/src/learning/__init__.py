"""The learning service: short courses for jobseekers, and how far each person is."""
