"""Tests are a package, so that no library that installs one of that name comes before them."""
