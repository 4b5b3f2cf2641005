package dev.reprise.language.lower;

import java.util.Set;

/** Builtins of the language that have no operation yet; a call of one says so. */
final class PlannedBuiltins {
  private static final Set<String> NAMES =
      Set.of(
          "conv2d",
          "conv2d_backward_filter",
          "conv2d_backward_data",
          "max_pool",
          "max_pool_backward",
          "avg_pool",
          "avg_pool_backward",
          "bias_add",
          "bias_multiply",
          "batch_norm2d",
          "batch_norm2d_backward",
          "lstm",
          "lstm_backward",
          "map",
          "paramserv",
          "score",
          "checkpoint",
          "resume");

  private PlannedBuiltins() {}

  static boolean contains(String name) {
    return NAMES.contains(name);
  }
}
