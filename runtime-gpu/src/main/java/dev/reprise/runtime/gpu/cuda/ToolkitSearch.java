package dev.reprise.runtime.gpu.cuda;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Folders that may hold libraries of CUDA, in the order of the search: {@code CUDA_HOME}, {@code
 * /usr/local/cuda*}, the loader's own places, the packages of Python.
 */
final class ToolkitSearch {
  private final UnaryOperator<String> environment;
  private final Path root;

  /**
   * @param environment a variable's value by its name, or null
   */
  ToolkitSearch(UnaryOperator<String> environment) {
    this(environment, Path.of("/"));
  }

  ToolkitSearch(UnaryOperator<String> environment, Path root) {
    this.environment = environment;
    this.root = root;
  }

  /** Before the loader's own places. */
  List<Path> toolkits() {
    List<Path> homes = new ArrayList<>();
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
      String home = environment.apply(variable);
      if (home != null && !home.isBlank()) {
        homes.add(Path.of(home));
      }
    }
    Path local = root.resolve("usr/local");
    homes.addAll(matches(local, "cuda"));
    List<Path> versions = new ArrayList<>(matches(local, "cuda-*"));
    versions.sort(null);
    homes.addAll(versions.reversed());
    Set<Path> folders = new LinkedHashSet<>();
    for (Path home : homes) {
      folders.add(home.resolve("lib64"));
      folders.add(home.resolve("lib"));
      folders.add(home.resolve("targets/x86_64-linux/lib"));
    }
    return folders.stream().filter(Files::isDirectory).toList();
  }

  /** After the loader's own places: {@code nvidia/NAME/lib} beside Python's packages. */
  List<Path> pythonPackages() {
    Set<Path> prefixes = new LinkedHashSet<>();
    String active = environment.apply("VIRTUAL_ENV");
    if (active != null && !active.isBlank()) {
      prefixes.add(Path.of(active));
    }
    String path = environment.apply("PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, "python3"))) {
        prefixes.add(prefix(Path.of(folder, "python3")));
        prefixes.add(Path.of(folder).toAbsolutePath().normalize().getParent());
      }
    }
    prefixes.add(root.resolve("usr/local"));
    prefixes.add(root.resolve("usr"));
    String home = environment.apply("HOME");
    if (home != null && !home.isBlank()) {
      prefixes.add(Path.of(home, ".local"));
    }
    Set<Path> folders = new LinkedHashSet<>();
    for (Path prefix : prefixes) {
      if (prefix == null) {
        continue;
      }
      for (String lib : List.of("lib", "lib64")) {
        for (Path python : matches(prefix.resolve(lib), "python3*")) {
          for (String packages : List.of("site-packages", "dist-packages")) {
            for (Path each : matches(python.resolve(packages).resolve("nvidia"), "*")) {
              folders.add(each.resolve("lib"));
            }
          }
        }
      }
    }
    return folders.stream().filter(Files::isDirectory).toList();
  }

  /** The folder above the one that holds the interpreter, links followed. */
  private static Path prefix(Path interpreter) {
    try {
      Path folder = interpreter.toRealPath().getParent();
      return folder == null ? null : folder.getParent();
    } catch (IOException e) {
      return null;
    }
  }

  private static List<Path> matches(Path folder, String pattern) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
      List<Path> found = new ArrayList<>();
      entries.forEach(found::add);
      found.sort(null);
      return found;
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }
}
