"""What one may ask of the caseload service: load, decide, save. Time and ids come in from outside.

Each command raises the errors of `chassis.store` and, when the rules turn it down, a refusal of its aggregate.
"""
