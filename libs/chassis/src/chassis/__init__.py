"""How a service stores, tells and hears facts. No business word lives here."""
