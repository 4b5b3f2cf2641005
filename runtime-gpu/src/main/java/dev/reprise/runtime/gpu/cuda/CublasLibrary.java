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
import jcuda.LogLevel;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;

/**
 * cuBLAS, as far as this machine has it: looked for once, loaded when the first device opens.
 * Thread-safe: {@link #open} holds the lock while it loads.
 *
 * <p>The bindings are linked to version 12. Where there is only a newer one, a copy of the bindings
 * is made that asks for that ({@link RetargetedLibrary}), after a check that it has every function
 * that is called: one that is missing would end the process at its first call.
 */
final class CublasLibrary {
  /** The version that the bindings are linked to. */
  private static final int BOUND = 12;

  private static final int NEWEST = 13;

  private static final String BINDINGS = "libJCublas2-12.6.0-linux-x86_64.so";

  /** Functions that {@link CudaProducts} reaches, by their names in the library. */
  private static final List<String> NEEDED =
      List.of(
          "cublasCreate_v2",
          "cublasDestroy_v2",
          "cublasGetVersion_v2",
          "cublasSetStream_v2",
          "cublasSetWorkspace_v2",
          "cublasDgemm_v2",
          "cublasSgemm_v2",
          "cublasDgemv_v2",
          "cublasSgemv_v2",
          "cublasDsyrk_v2",
          "cublasSsyrk_v2");

  /**
   * A place where a version was found.
   *
   * @param folder null for the loader's own places
   */
  record Place(Path folder, int version) {
    String file(String library) {
      String name = "lib" + library + ".so." + version;
      return folder == null ? name : folder.resolve(name).toString();
    }
  }

  private final Path natives;
  private final Place place;
  private String obstacle;
  private boolean loaded;

  /**
   * @param driver the newest version of CUDA that the driver runs; cuBLAS of a newer one does not
   */
  CublasLibrary(Path natives, CublasSearch search, int driver) {
    this.natives = natives;
    this.place = find(search, driver);
  }

  private static Place find(CublasSearch search, int driver) {
    List<Path> toolkits = search.toolkits();
    List<Path> packages = search.pythonPackages();
    for (int version = BOUND; version <= Math.min(NEWEST, driver); version++) {
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

  private static boolean isThere(Place place) {
    return Files.isRegularFile(Path.of(place.file("cublas")))
        && Files.isRegularFile(Path.of(place.file("cublasLt")));
  }

  /** The library's functions, or null when it cannot be loaded. It stays loaded. */
  private static SymbolLookup lookup(Place place) {
    try {
      String lt = place.file("cublasLt");
      if (place.folder() != null) {
        SymbolLookup.libraryLookup(Path.of(lt), Arena.global());
        return SymbolLookup.libraryLookup(Path.of(place.file("cublas")), Arena.global());
      }
      SymbolLookup.libraryLookup(lt, Arena.global());
      return SymbolLookup.libraryLookup(place.file("cublas"), Arena.global());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** What a device that has not been opened says of the library. */
  synchronized String expected() {
    return place == null || obstacle != null ? absence() : "cuBLAS " + place.version();
  }

  /** Why there is none, for people. */
  synchronized String absence() {
    return "no cuBLAS (" + (obstacle == null ? "not found" : obstacle) + "), own kernels instead";
  }

  /**
   * Products on a stream, or null when the library is absent or unfit.
   *
   * @param before called before each launch
   */
  synchronized CudaProducts open(CudaContext context, CUstream stream, Runnable before) {
    if (place == null || obstacle != null || !load()) {
      return null;
    }
    try {
      return new CudaProducts(context, stream, before);
    } catch (DeviceException e) {
      obstacle = e.getMessage();
      return null;
    }
  }

  private boolean load() {
    if (loaded) {
      return true;
    }
    SymbolLookup functions = lookup(place);
    if (functions == null) {
      obstacle = place.file("cublas") + " cannot be loaded";
      return false;
    }
    for (String name : NEEDED) {
      if (functions.find(name).isEmpty()) {
        obstacle = place.file("cublas") + " lacks " + name;
        return false;
      }
    }
    try {
      if (place.version() != BOUND) {
        RetargetedLibrary.write(
            BINDINGS,
            "libcublas.so." + BOUND,
            "libcublas.so." + place.version(),
            natives.resolve(BINDINGS));
      }
      NativeFolder.during(natives, () -> JCublas2.setLogLevel(LogLevel.LOG_QUIET));
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
