/**
 * Functions of programs: linked when first needed ({@link dev.reprise.engine.call.Functions}),
 * called by name, by {@code eval} and by transformations, each call with an activation of its own.
 */
package dev.reprise.engine.call;
