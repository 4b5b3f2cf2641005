package dev.reprise.engine.device;

import dev.reprise.DeviceConfig;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.accelerator.AcceleratorProvider.Candidate;
import dev.reprise.runtime.accelerator.AcceleratorProvider.Discovery;
import dev.reprise.runtime.accelerator.DeviceException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Which of the machine's accelerators a configuration wants. Not thread-safe. */
final class WantedAccelerators {
  private final DeviceConfig config;
  private final FoundAccelerators found;

  WantedAccelerators(DeviceConfig config, FoundAccelerators found) {
    this.config = config;
    this.found = found;
  }

  /** Whether accelerators are used whatever pays, since the configuration names some. */
  boolean isAsked() {
    return !config.placement().equals("auto") || !config.among().isEmpty();
  }

  /**
   * @throws ResourceException when one is not there that is given a budget
   */
  void requireBudgeted() {
    try {
      for (String named : new TreeSet<>(config.bytes().keySet())) {
        found.require(named, "a budget of memory is given");
      }
    } catch (ResourceException e) {
      found.close();
      throw e;
    }
  }

  /**
   * Opens them.
   *
   * @param notes gets a sentence for each that is absent or cannot be opened
   */
  List<Accelerator> open(List<String> notes) {
    boolean always = isAsked();
    List<Candidate> candidates = new ArrayList<>();
    for (AcceleratorProvider provider : found.providers()) {
      if (isWanted(provider, always)) {
        Discovery discovery = found.of(provider);
        notes.addAll(discovery.absences());
        discovery.found().stream()
            .filter(candidate -> isWanted(candidate.info(), always))
            .forEach(candidates::add);
      }
    }
    List<Accelerator> opened = new ArrayList<>();
    for (Candidate candidate : candidates) {
      if (always || !isTwin(candidate.info(), candidates)) {
        try {
          opened.add(candidate.open());
        } catch (DeviceException e) {
          notes.add(e.getMessage());
        }
      }
    }
    return opened;
  }

  private boolean isWanted(AcceleratorProvider provider, boolean always) {
    if (config.isFixed()) {
      return config.placement().startsWith(provider.kind() + ":");
    }
    return config.among().isEmpty()
        ? always || provider.mayFindGpu()
        : config.among().stream().anyMatch(name -> name.startsWith(provider.kind() + ":"));
  }

  /** True for a GPU under OpenCL that is there under CUDA as well: they would share its memory. */
  private static boolean isTwin(AcceleratorInfo info, List<Candidate> candidates) {
    return info.name().startsWith("opencl:")
        && candidates.stream()
            .map(Candidate::info)
            .anyMatch(other ->
                other.name().startsWith("cuda:") && other.product().equals(info.product()));
  }

  private boolean isWanted(AcceleratorInfo info, boolean always) {
    if (config.isFixed()) {
      return info.name().equals(config.placement());
    }
    return config.among().isEmpty()
        ? always || !info.isProcessor()
        : config.among().contains(info.name());
  }
}
