"""Use cases of the counter, a module of verbs each; `ports` names what they need."""
