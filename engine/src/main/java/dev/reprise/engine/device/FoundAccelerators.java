package dev.reprise.engine.device;

import dev.reprise.DeviceReport;
import dev.reprise.engine.file.PrivateFolder;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.accelerator.AcceleratorProvider.Discovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The accelerators of this machine, each kind looked for when somebody first asks for it, which
 * loads its driver. Opens none. Not thread-safe.
 */
public final class FoundAccelerators implements AutoCloseable {
  private final ProviderSource source;
  private final Map<String, Discovery> byKind = new TreeMap<>();

  /** Null until somebody asks for them. */
  private List<AcceleratorProvider> providers;

  /** Null until drivers are loaded. */
  private PrivateFolder natives;

  FoundAccelerators(ProviderSource source) {
    this.source = source;
  }

  /** Those whose providers are on the class path. */
  public static FoundAccelerators ofClassPath() {
    return new FoundAccelerators(ProviderSource.ofClassPath());
  }

  /** Says that providers will be asked for soon. Any thread. */
  void expect() {
    source.expect();
  }

  List<AcceleratorProvider> providers() {
    if (providers == null) {
      providers = List.copyOf(source.get());
    }
    return providers;
  }

  /** What a provider of these finds, which looks once. */
  Discovery of(AcceleratorProvider provider) {
    return byKind.computeIfAbsent(
        provider.kind(),
        kind -> {
          if (natives == null) {
            natives = PrivateFolder.create();
          }
          return provider.discover(natives.path());
        });
  }

  /**
   * Looks whether an accelerator is there; among those of its kind only, when it is.
   *
   * @param what ready to be followed by "for" and the name
   * @throws ResourceException naming those that are there instead
   */
  void require(String name, String what) {
    for (AcceleratorProvider provider : providers()) {
      if (name.startsWith(provider.kind() + ":") && names(of(provider)).contains(name)) {
        return;
      }
    }
    List<String> names = new ArrayList<>();
    List<String> absences = new ArrayList<>();
    for (AcceleratorProvider provider : providers()) {
      names.addAll(names(of(provider)));
      absences.addAll(of(provider).absences());
    }
    throw new ResourceException(
        what
            + " for "
            + name
            + ", but there is no such device; "
            + (names.isEmpty()
                ? "there is none but the processor"
                : "there are the processor and " + String.join(", ", names))
            + (absences.isEmpty() ? "" : " (" + String.join("; ", absences) + ")"));
  }

  /** What all of them find; loads their drivers. */
  public DeviceReport report() {
    List<AcceleratorInfo> found = new ArrayList<>();
    List<String> absences = new ArrayList<>();
    for (AcceleratorProvider provider : providers()) {
      of(provider).found().forEach(candidate -> found.add(candidate.info()));
      absences.addAll(of(provider).absences());
    }
    return new DeviceReport(found, absences);
  }

  private static List<String> names(Discovery discovery) {
    return discovery.found().stream().map(candidate -> candidate.info().name()).toList();
  }

  @Override
  public void close() {
    if (natives != null) {
      natives.close();
    }
  }
}
