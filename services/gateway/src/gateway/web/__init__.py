"""The pages of Waymark: server-rendered, usable without scripts, and with them a little quicker under the hand."""
