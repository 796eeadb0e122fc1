"""The jobsearch service: vacancies on the market, what a person looks for, their CV, and every application with its honest news."""
