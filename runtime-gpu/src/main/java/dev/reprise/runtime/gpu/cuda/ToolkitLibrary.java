package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.NativeFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A library of CUDA's toolkit, as far as this machine has it: looked for once, loaded when the
 * first device opens. Thread-safe: {@link #open} holds the lock while it loads.
 *
 * <p>The bindings are linked to one version. Where there is only a newer one, a copy of the
 * bindings is made that asks for that ({@link RetargetedLibrary}), after a check that it has every
 * function that is called: one that is missing would end the process at its first call.
 */
final class ToolkitLibrary {

  /**
   * What is looked for.
   *
   * @param title what people call it
   * @param name what its file is called, between {@code lib} and {@code .so}
   * @param companion a library of the same version that lies beside it and is loaded first, or null
   * @param helpers libraries, with versions, that it asks for and that are loaded first where they
   *     lie beside it or in a package of Python beside its own
   * @param bound the version that the bindings are linked to
   * @param newest the newest version that is tried
   * @param bindings file of the bindings' natives
   * @param loading loads the bindings
   * @param functions what is called of it
   */
  record Wanted(
      String title,
      String name,
      String companion,
      List<String> helpers,
      int bound,
      int newest,
      String bindings,
      Runnable loading,
      List<String> functions) {}

  /**
   * A place where a version was found.
   *
   * @param folder null for the loader's own places
   */
  private record Place(Path folder, int version) {
    String file(String library) {
      String name = "lib" + library + ".so." + version;
      return folder == null ? name : folder.resolve(name).toString();
    }
  }

  private final Wanted wanted;
  private final Path natives;
  private final Place place;
  private String obstacle;
  private boolean loaded;

  /**
   * @param driver the newest version of CUDA that the driver runs; a library of a newer one does
   *     not
   */
  ToolkitLibrary(Wanted wanted, Path natives, ToolkitSearch search, int driver) {
    this.wanted = wanted;
    this.natives = natives;
    this.place = find(search, driver);
  }

  private Place find(ToolkitSearch search, int driver) {
    List<Path> toolkits = search.toolkits();
    List<Path> packages = search.pythonPackages();
    for (int version = wanted.bound(); version <= Math.min(wanted.newest(), driver); version++) {
      List<Place> places = new ArrayList<>();
      for (Path folder : toolkits) {
        places.add(new Place(folder, version));
      }
      for (Place candidate : places) {
        if (isThere(candidate)) {
          return candidate;
        }
      }
      Place ofLoader = new Place(null, version);
      if (lookup(ofLoader) != null) {
        return ofLoader;
      }
      for (Path folder : packages) {
        Place candidate = new Place(folder, version);
        if (isThere(candidate)) {
          return candidate;
        }
      }
    }
    return null;
  }

  private boolean isThere(Place place) {
    return Files.isRegularFile(Path.of(place.file(wanted.name())))
        && (wanted.companion() == null
            || Files.isRegularFile(Path.of(place.file(wanted.companion()))));
  }

  /** Whether the system's loader finds a library; it is let go of again. */
  static boolean isLoadable(String name) {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup.libraryLookup(name, arena);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The library's functions, or null when it cannot be loaded. It stays loaded. */
  private SymbolLookup lookup(Place place) {
    try {
      String file = place.file(wanted.name());
      if (place.folder() == null) {
        if (wanted.companion() != null) {
          SymbolLookup.libraryLookup(place.file(wanted.companion()), Arena.global());
        }
        return SymbolLookup.libraryLookup(file, Arena.global());
      }
      if (wanted.companion() != null) {
        SymbolLookup.libraryLookup(Path.of(place.file(wanted.companion())), Arena.global());
      }
      wanted.helpers().forEach(helper -> loadHelper(place.folder(), helper));
      return SymbolLookup.libraryLookup(Path.of(file), Arena.global());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** What is not found here the loader may find; if not, the library does not load, and says so. */
  private static void loadHelper(Path folder, String file) {
    Path packages = folder.resolve("../..").normalize();
    for (Path candidate :
        List.of(folder.resolve(file), packages.resolve("nvjitlink/lib").resolve(file))) {
      if (Files.isRegularFile(candidate)) {
        try {
          SymbolLookup.libraryLookup(candidate, Arena.global());
          return;
        } catch (IllegalArgumentException e) {
          // The next one may load.
        }
      }
    }
  }

  /** What a device that has not been opened says of the library. */
  synchronized String expected() {
    return place == null || obstacle != null ? absence() : wanted.title() + " " + place.version();
  }

  /** What works with the library, or null when that is absent or unfit: see {@link #absence}. */
  synchronized <T> T open(Supplier<T> maker) {
    if (!load()) {
      return null;
    }
    try {
      return maker.get();
    } catch (DeviceException e) {
      obstacle = e.getMessage();
      return null;
    }
  }

  /** Why there is none, for people. */
  synchronized String absence() {
    return "no "
        + wanted.title()
        + " ("
        + (obstacle == null ? "not found" : obstacle)
        + "), own kernels instead";
  }

  /** True when the library and its bindings are loaded. */
  private boolean load() {
    if (loaded || place == null || obstacle != null) {
      return loaded && obstacle == null;
    }
    SymbolLookup functions = lookup(place);
    if (functions == null) {
      obstacle = place.file(wanted.name()) + " cannot be loaded";
      return false;
    }
    for (String name : wanted.functions()) {
      if (functions.find(name).isEmpty()) {
        obstacle = place.file(wanted.name()) + " lacks " + name;
        return false;
      }
    }
    try {
      if (place.version() != wanted.bound()) {
        RetargetedLibrary.write(
            wanted.bindings(),
            "lib" + wanted.name() + ".so." + wanted.bound(),
            "lib" + wanted.name() + ".so." + place.version(),
            natives.resolve(wanted.bindings()));
      }
      NativeFolder.during(natives, wanted.loading());
      loaded = true;
      return true;
    } catch (LinkageError | IOException e) {
      obstacle = "the bindings cannot be loaded: " + firstLine(e);
      return false;
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
