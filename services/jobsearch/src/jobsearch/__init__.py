"""The jobsearch service: vacancies, what a person looks for, and every application with its honest news."""
