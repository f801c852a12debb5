"""An experiment: do votes teach? Simulated voters, the real services, a site that is thrown away afterwards."""
