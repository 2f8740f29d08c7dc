"""An invented county, whole: its places, offices, people and what citizens write to it."""
