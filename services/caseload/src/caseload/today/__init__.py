"""Whom a coach looks at today, and why: rules that are plain functions of how people stand."""
