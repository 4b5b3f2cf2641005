package dev.reprise.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a column of the comparison measures: a system in one of its modes.
 *
 * @param system {@code systemds}, {@code reprise}, or a {@linkplain #PYTHON Python} library
 * @param mode for SystemDS {@code base}, {@code trace}, {@code dedup}, {@code full}, {@code
 *     partial}, {@code multilevel} or {@code hybrid}; for Reprise a value of {@code --reuse}, or
 *     {@code coarse}, then options as {@code +name=value}; for Python libraries {@code fp32} or any
 *     other word for fp64
 */
record Subject(String system, String mode) {

  /** Whole calls are remembered by the script itself, and nothing else is reused. */
  static final String COARSE = "coarse";

  /** Libraries with programs of their own, by their folders under {@code bench}. */
  private static final Map<String, String> PYTHON =
      Map.of("sklearn", "scikit-learn", "torch", "PyTorch", "tensorflow", "TensorFlow");

  /** Reads {@code system:mode}. */
  static Subject parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("expected system:mode, found '" + text + "'");
    }
    Subject subject = new Subject(text.substring(0, colon), text.substring(colon + 1));
    if (!subject.isReprise() && !subject.isSystemDs() && !subject.isPython()) {
      throw new IllegalArgumentException(
          "the systems are systemds, reprise, sklearn, torch and tensorflow, found '" + text + "'");
    }
    return subject;
  }

  boolean isReprise() {
    return system.equals("reprise");
  }

  boolean isSystemDs() {
    return system.equals("systemds");
  }

  /** True for a library whose programs are in a folder of its name. */
  boolean isPython() {
    return PYTHON.containsKey(system);
  }

  /** The mode without the options behind it. */
  String baseMode() {
    return mode.split("\\+")[0];
  }

  /** The options behind the mode, as the command line takes them. */
  List<String> options() {
    List<String> words = new ArrayList<>();
    String[] parts = mode.split("\\+");
    for (int i = 1; i < parts.length; i++) {
      String[] option = parts[i].split("=", 2);
      words.add("--" + option[0]);
      if (option.length > 1) {
        words.add(option[1]);
      }
    }
    return words;
  }

  String label() {
    return switch (system) {
      case "reprise" -> "Reprise " + mode.replace("+", " ");
      case "systemds" -> "SystemDS " + mode;
      case "sklearn" -> PYTHON.get(system);
      default -> PYTHON.get(system) + " " + mode;
    };
  }
}
