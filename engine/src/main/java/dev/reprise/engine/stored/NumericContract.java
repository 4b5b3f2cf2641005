package dev.reprise.engine.stored;

import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.formats.DataFiles;
import dev.reprise.language.Compiler;
import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.cpu.CpuDevice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

/** By whose numbers values are made: the build of the program, in the key of all it keeps. */
final class NumericContract {
  /** Classes of the modules that decide what an operation computes, and what a file holds. */
  private static final List<Class<?>> KERNELS =
      List.of(
          CpuDevice.class,
          PartialReuse.class,
          DataFiles.class,
          Value.class,
          StoredValues.class,
          LineageItem.class,
          Compiler.class,
          HostMemory.class);

  /** Lies where the scripts of the library do. */
  private static final String LIBRARY = "/dev/reprise/library/index.txt";

  /** Raised whenever kernels change what they compute by more than the stated tolerances. */
  private static final int NUMBER = 1;

  private NumericContract() {}

  /** With the modules that have kernels for accelerators, as far as they are there. */
  private static List<Class<?>> kernels() {
    List<Class<?>> all = new ArrayList<>(KERNELS);
    ServiceLoader.load(AcceleratorProvider.class).stream()
        .map(ServiceLoader.Provider::type)
        .forEach(all::add);
    return all;
  }

  /** What keys of this build differ by from those of others. */
  static Key key(BuildMemo memo) {
    Key known = memo.find();
    if (known != null) {
      return known;
    }
    Set<Path> places = BuildIdentity.places(kernels(), LIBRARY);
    String before = memo.stamps(places);
    byte[] text =
        ("values of " + BuildIdentity.of(places) + ", contract " + NUMBER)
            .getBytes(StandardCharsets.UTF_8);
    Key key = ContentHash.of(text);
    memo.keep(key, places, before);
    return key;
  }
}
