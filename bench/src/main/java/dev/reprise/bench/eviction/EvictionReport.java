package dev.reprise.bench.eviction;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Map;

/**
 * What eviction policies saved on recorded traces, as the JSON file holds it.
 *
 * @param date when the traces were recorded, ISO
 * @param machine where their costs were measured
 * @param version of Reprise
 * @param size name of the size that every workload ran with
 */
public record EvictionReport(
    String date, String command, String machine, String version, String size, List<Row> rows) {

  /**
   * One trace.
   *
   * @param probes how often the cache was asked
   * @param values for how many different values
   * @param footprintBytes of all of them together
   * @param repeatedSeconds what a cache that never evicts saves
   */
  public record Row(
      String name,
      String title,
      int probes,
      int values,
      long footprintBytes,
      double repeatedSeconds,
      List<AtBudget> budgets) {}

  /**
   * One trace under one budget.
   *
   * @param share of the footprint
   * @param boundSeconds what no policy can pass
   * @param clairvoyantSeconds what a plan made in knowledge of all probes saves
   * @param savedSeconds what each policy saves, by its name
   */
  public record AtBudget(
      double share,
      long budgetBytes,
      double boundSeconds,
      double clairvoyantSeconds,
      Map<String, Double> savedSeconds) {

    /** A policy's part of what the clairvoyant plan saves; 1 where there is nothing to save. */
    @JsonIgnore
    public double relative(String policy) {
      return clairvoyantSeconds == 0 ? 1 : savedSeconds.get(policy) / clairvoyantSeconds;
    }
  }
}
