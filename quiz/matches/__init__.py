"""Two results side by side: how they come together, what their page says, and the picture that is passed on."""
