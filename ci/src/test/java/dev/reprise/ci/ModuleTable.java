package dev.reprise.ci;

import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.ArrayList;
import java.util.List;

/**
 * The modules, their packages, and which other modules each may import; {@code ARCHITECTURE.md}
 * says why.
 */
final class ModuleTable {

  /**
   * @param packages below the root package, {@code ""} for the root itself; {@code ..} includes
   *     subpackages
   * @param mayImport names of modules
   */
  private record Module(String name, List<String> packages, List<String> mayImport) {}

  private static final List<Module> MODULES =
      List.of(
          module(
              "runtime-api", List.of(".runtime", ".runtime.operation..", ".runtime.accelerator..")),
          module("runtime-cpu", List.of(".runtime.cpu.."), "runtime-api"),
          module("runtime-gpu", List.of(".runtime.gpu.."), "runtime-api"),
          module("formats", List.of(".formats.."), "runtime-api"),
          module("lineage", List.of(".lineage.."), "runtime-api"),
          module("memory", List.of(".memory.."), "runtime-api"),
          module("scheduler", List.of(".scheduler.."), "runtime-api", "memory"),
          module("cache", List.of(".cache.."), "runtime-api", "lineage", "memory"),
          module("language", List.of(".language.."), "runtime-api", "lineage"),
          module("library", List.of(".library..")),
          module("store", List.of(".store.."), "runtime-api", "lineage"),
          module("server", List.of(".server.."), "runtime-api", "lineage", "store"),
          module("testkit", List.of(".testkit.."), "runtime-api", "lineage"),
          module(
              "engine",
              List.of("", ".engine.."),
              "runtime-api",
              "runtime-cpu",
              "formats",
              "lineage",
              "memory",
              "scheduler",
              "cache",
              "language",
              "library",
              "store"),
          // Besides the engine the words in which it answers: diagnostics, traces, values,
          // experiments.
          module(
              "cli",
              List.of(".cli.."),
              "engine",
              "language",
              "lineage",
              "runtime-api",
              "store",
              "server"),
          module(
              "examples", List.of(".examples.."), "engine", "language", "lineage", "runtime-api"));

  private ModuleTable() {}

  private static Module module(String name, List<String> packages, String... mayImport) {
    return new Module(name, packages, List.of(mayImport));
  }

  /** The table as a rule for the classes below {@code root}. */
  static LayeredArchitecture rule(String root) {
    LayeredArchitecture house =
        Architectures.layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true);
    for (Module module : MODULES) {
      List<String> packages = new ArrayList<>();
      module.packages().forEach(suffix -> packages.add(root + suffix));
      house = house.layer(module.name()).definedBy(packages.toArray(new String[0]));
    }
    for (Module module : MODULES) {
      String[] others = module.mayImport().toArray(new String[0]);
      house =
          others.length == 0
              ? house.whereLayer(module.name()).mayNotAccessAnyLayer()
              : house.whereLayer(module.name()).mayOnlyAccessLayers(others);
    }
    return house;
  }
}
