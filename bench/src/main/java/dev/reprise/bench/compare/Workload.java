package dev.reprise.bench.compare;

import java.util.Map;

/**
 * A script that both systems run unchanged, with its arguments by size.
 *
 * @param name also the script's file name without {@code .dml}
 * @param title as tables show it
 * @param tolerance largest relative difference between the printed numbers of two systems
 * @param sizes size name to the arguments that the script gets
 */
record Workload(
    String name, String title, double tolerance, Map<String, Map<String, Object>> sizes) {

  boolean hasSize(String size) {
    return sizes.containsKey(size);
  }
}
