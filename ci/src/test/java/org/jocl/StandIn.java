package org.jocl;

/** Stands for a class of the binding of that name, and hides none of those. */
public final class StandIn {}
