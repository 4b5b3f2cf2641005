package dev.reprise.engine;

import dev.reprise.Numerics;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.store.RunArguments;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a run was given, as an experiment store notes it for people: arguments and options. */
final class RunParameters {
  private RunParameters() {}

  /**
   * The arguments of the script and those options that may change its results, where they are not
   * the usual ones.
   */
  static String text(SessionConfig config, Map<String, String> arguments) {
    Map<String, String> parameters = new TreeMap<>();
    arguments.forEach((name, value) -> parameters.put("$" + name, value));
    if (config.seed().isPresent()) {
      parameters.put("--seed", "" + config.seed().getAsLong());
    }
    if (config.precision() != Precision.FP64) {
      parameters.put(
          "--precision",
          lower(
              config.products() == ProductPrecision.FULL ? config.precision() : config.products()));
    }
    if (config.numerics() != Numerics.DEFAULT) {
      parameters.put("--numerics", lower(config.numerics()));
    }
    return RunArguments.text(parameters);
  }

  private static String lower(Enum<?> option) {
    return option.name().toLowerCase(Locale.ROOT);
  }
}
