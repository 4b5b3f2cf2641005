package dev.reprise.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Refuses options that the action of a command would do nothing with. */
final class ActionOptions {
  private ActionOptions() {}

  /**
   * @param spec of the command, after its words were parsed
   * @param action for people, as in {@code experiments list}
   * @param takers the actions that take an option, by its longest name; one that is absent is taken
   *     by all
   * @throws UsageException naming the option and who takes it
   */
  static void check(CommandSpec spec, String action, Map<String, Set<String>> takers) {
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      Set<String> taking = takers.get(option.longestName());
      if (taking != null && !taking.contains(action)) {
        List<String> sorted = new ArrayList<>(taking);
        sorted.sort(null);
        throw new UsageException(
            "'"
                + action
                + "' does nothing with "
                + option.longestName()
                + ", which goes with '"
                + String.join("', '", sorted)
                + "'");
      }
    }
  }
}
