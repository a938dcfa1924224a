"""Reports: one definition each, counted beforehand, read everywhere alike."""
