"""How fast Trastienda is, as ratios against raw baselines that are measured in the same run."""
