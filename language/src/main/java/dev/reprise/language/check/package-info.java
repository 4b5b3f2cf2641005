/** Checks of a tree that need no values: variables, and dependencies between iterations. */
package dev.reprise.language.check;
