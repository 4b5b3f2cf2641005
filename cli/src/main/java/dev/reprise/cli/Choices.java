package dev.reprise.cli;

import dev.reprise.language.NearestName;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The words that options accept, and the one-line complaint about any other word. */
final class Choices {
  static final List<String> REUSE =
      List.of("none", "trace", "full", "partial", "multilevel", "hybrid");
  static final List<String> SWITCH = List.of("on", "off");
  static final List<String> POLICY = List.of("lru", "dagheight", "costnsize", "benefit");
  static final List<String> DEVICE = List.of("auto", "cpu", "round-robin", "cuda:0", "opencl:0");
  static final List<String> NUMERICS = List.of("default", "exact");
  static final List<String> LISTING = List.of("text", "json");

  /** What values are written in. */
  static final List<String> FORMAT =
      List.of(
          "text",
          "csv",
          "mm",
          "libsvm",
          "jsonl",
          "binary",
          "npy",
          "npz",
          "parquet",
          "safetensors",
          "hdf5",
          "onnx");

  /** Other names that {@code write} takes for some of these. */
  static final Map<String, String> FORMAT_ALIASES =
      Map.of("textcell", "text", "mtx", "mm", "json", "jsonl", "h5", "hdf5");

  static final List<String> PRECISION = List.of("fp64", "fp32", "tf32", "bf16");

  private Choices() {}

  /**
   * @return the word in the spelling of the list
   */
  static String oneOf(String option, String word, List<String> words) {
    String lower = word.toLowerCase(Locale.ROOT);
    if (words.contains(lower)) {
      return lower;
    }
    throw new UsageException(
        option
            + ": '"
            + word
            + "' is unknown; choose "
            + String.join(", ", words)
            + hint(word, words));
  }

  /**
   * @return the placement, in which accelerators have their number
   */
  static String device(String option, String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    String accelerator = accelerator(lower);
    if (accelerator != null) {
      return accelerator;
    }
    if (DEVICE.contains(lower)) {
      return lower;
    }
    String among = among(lower);
    if (among != null) {
      return among;
    }
    throw new UsageException(
        option
            + ": '"
            + word
            + "' is unknown; choose auto, cpu, cuda or cuda:i, opencl or opencl:i, round-robin,"
            + " auto+opencl:0"
            + hint(word, DEVICE));
  }

  /** The accelerator of that name, the first of its kind without a number; null for others. */
  static String accelerator(String lower) {
    if (lower.equals("cuda") || lower.equals("opencl")) {
      return lower + ":0";
    }
    return hasNumber(lower, "cuda:") || hasNumber(lower, "opencl:") ? lower : null;
  }

  /** A policy and the accelerators that it may choose from, joined by plus signs; or null. */
  private static String among(String lower) {
    String[] parts = lower.split("\\+", -1);
    if (parts.length < 2 || !parts[0].equals("auto") && !parts[0].equals("round-robin")) {
      return null;
    }
    StringBuilder all = new StringBuilder(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      String accelerator = accelerator(parts[i]);
      if (accelerator == null) {
        return null;
      }
      all.append('+').append(accelerator);
    }
    return all.toString();
  }

  /** "; did you mean 'x'?", or nothing. */
  static String hint(String word, List<String> words) {
    String hint = NearestName.hint(word, words);
    return hint == null ? "" : "; " + hint;
  }

  /** True for the prefix followed by one to three digits. */
  private static boolean hasNumber(String name, String prefix) {
    if (!name.startsWith(prefix)
        || name.length() == prefix.length()
        || name.length() > prefix.length() + 3) {
      return false;
    }
    for (int i = prefix.length(); i < name.length(); i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
