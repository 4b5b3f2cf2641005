package dev.reprise.engine.recall;

import dev.reprise.Numerics;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.store.RunArguments;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a run was given, as an experiment store notes it for people: arguments and options. */
public final class RunParameters {
  // Together less than any text of a graph may have.
  private static final int MOST = 40;
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_VALUE = 500;

  private RunParameters() {}

  /**
   * The arguments of the script, long ones cut, and those options that may change its results,
   * where they are not the usual ones.
   */
  public static String text(SessionConfig config, Map<String, String> arguments) {
    Map<String, String> parameters = new TreeMap<>();
    new TreeMap<>(arguments)
        .forEach((name, value) -> {
          if (parameters.size() < MOST) {
            parameters.put(shown("$" + name, LONGEST_NAME), shown(value, LONGEST_VALUE));
          }
        });
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

  /** Graphs hold no characters of number 0, and are no place for long values. */
  private static String shown(String text, int longest) {
    String plain = text.replace('\0', ' ');
    return plain.length() <= longest ? plain : plain.substring(0, longest) + "...";
  }

  private static String lower(Enum<?> option) {
    return option.name().toLowerCase(Locale.ROOT);
  }
}
