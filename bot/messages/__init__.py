"""How we say it: every sentence a person reads is composed here, French first."""
