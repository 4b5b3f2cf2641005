package dev.reprise;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a script is compiled with; immutable.
 *
 * @param arguments values of {@code $name} and {@code $1}, without the dollar sign
 * @param inputs variables that each run binds before the first statement
 * @param outputs variables that the caller reads after a run
 * @param optimized false to run the program as it is written
 * @param runsOnce true when the script runs once in its session and nothing else follows, so that
 *     what only another run could ask for need not be kept
 */
public record CompileOptions(
    Map<String, String> arguments,
    Set<String> inputs,
    Set<String> outputs,
    boolean optimized,
    boolean runsOnce) {

  /** Copies arguments and names. */
  public CompileOptions {
    Objects.requireNonNull(arguments, "arguments");
    arguments = Map.copyOf(arguments);
    inputs = Set.copyOf(inputs);
    outputs = Set.copyOf(outputs);
  }

  /**
   * Rewritten, for any number of runs.
   *
   * @param arguments values of {@code $name} and {@code $1}, without the dollar sign
   * @param inputs variables that each run binds before the first statement
   * @param outputs variables that the caller reads after a run
   */
  public CompileOptions(Map<String, String> arguments, Set<String> inputs, Set<String> outputs) {
    this(arguments, inputs, outputs, true, false);
  }

  /** {@return no arguments, inputs or outputs: a script that reads and writes files} */
  public static CompileOptions none() {
    return new CompileOptions(Map.of(), Set.of(), Set.of());
  }

  /**
   * A script with inputs, without arguments or outputs.
   *
   * @param names of the variables that each run binds
   * @return options to which outputs can be added
   */
  public static CompileOptions inputs(String... names) {
    return none().with(named(names), Set.of());
  }

  /**
   * These options with other outputs.
   *
   * @param names of the variables that can be read from a result
   * @return the new options; these are as before
   */
  public CompileOptions outputs(String... names) {
    return with(inputs, named(names));
  }

  /**
   * These options with other arguments.
   *
   * @param values of {@code $name} and {@code $1}, without the dollar sign
   * @return the new options; these are as before
   */
  public CompileOptions arguments(Map<String, String> values) {
    return new CompileOptions(values, inputs, outputs, optimized, runsOnce);
  }

  /**
   * These options with rewrites or without.
   *
   * @param on false to run the program as it is written
   * @return the new options; these are as before
   */
  public CompileOptions optimized(boolean on) {
    return new CompileOptions(arguments, inputs, outputs, on, runsOnce);
  }

  /**
   * These options for a session that runs this script, once, and nothing else.
   *
   * @param once true when it does
   * @return the new options; these are as before
   */
  public CompileOptions runsOnce(boolean once) {
    return new CompileOptions(arguments, inputs, outputs, optimized, once);
  }

  private static Set<String> named(String[] names) {
    Objects.requireNonNull(names, "names");
    for (String name : names) {
      Objects.requireNonNull(name, "name");
    }
    return new LinkedHashSet<>(List.of(names));
  }

  private CompileOptions with(Set<String> boundNames, Set<String> readNames) {
    return new CompileOptions(arguments, boundNames, readNames, optimized, runsOnce);
  }
}
