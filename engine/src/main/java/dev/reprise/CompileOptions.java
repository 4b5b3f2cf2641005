package dev.reprise;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a script is compiled with; immutable.
 *
 * @param arguments values of {@code $name} and {@code $1}, without the dollar sign
 * @param inputs variables that each run binds before the first statement
 * @param outputs variables that the caller reads after a run
 */
public record CompileOptions(
    Map<String, String> arguments, Set<String> inputs, Set<String> outputs) {

  public CompileOptions {
    arguments = Map.copyOf(arguments);
    inputs = Set.copyOf(inputs);
    outputs = Set.copyOf(outputs);
  }

  /** No arguments, inputs or outputs: a script that reads and writes files. */
  public static CompileOptions none() {
    return new CompileOptions(Map.of(), Set.of(), Set.of());
  }

  public static CompileOptions inputs(String... names) {
    return new CompileOptions(Map.of(), new LinkedHashSet<>(List.of(names)), Set.of());
  }

  public CompileOptions outputs(String... names) {
    return new CompileOptions(arguments, inputs, new LinkedHashSet<>(List.of(names)));
  }

  public CompileOptions arguments(Map<String, String> values) {
    return new CompileOptions(values, inputs, outputs);
  }
}
