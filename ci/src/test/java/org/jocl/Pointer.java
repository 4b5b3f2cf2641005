package org.jocl;

/** Stands for the binding of that name, which is not on this module's class path. */
public final class Pointer {}
