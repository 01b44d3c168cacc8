"""Scene generator of the ClearLabel demo model: draws pictures with exact label maps."""
