/** Programs that use Reprise from Java; start with {@link dev.reprise.examples.RidgeRegression}. */
package dev.reprise.examples;
