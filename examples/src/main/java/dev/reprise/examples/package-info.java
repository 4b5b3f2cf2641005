/** Programs that use Reprise from Java; start with {@link dev.reprise.examples.RidgeFromJava}. */
package dev.reprise.examples;
