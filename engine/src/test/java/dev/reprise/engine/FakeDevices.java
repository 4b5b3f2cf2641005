package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.resource.Environment;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.language.CompileException;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.testkit.FakeAccelerator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fake accelerators and the sessions that use them: one place that touches the engine. A session,
 * whatever its script came to, leaves no buffer on the host or on a device, and closes the devices
 * that it launched on.
 */
final class FakeDevices implements AfterEachCallback {
  /** Bytes of a device for which a test asks no other size. */
  private static final long ROOM = 64 << 20;

  private final CpuDevice kernels =
      new CpuDevice(2, Environment.nativeLocation(Environment.defaultConfig().natives()));

  /** What is done in a session; the values of the outcome are released after it. */
  @FunctionalInterface
  interface Use {
    ScriptRunner.Outcome in(SessionServices services) throws CompileException;
  }

  /**
   * What a session came to.
   *
   * @param output what it printed
   * @param restored how many values were made anew that were lost with a device
   */
  record Outcome(String output, RunStatistics statistics, long restored) {
    DeviceUse device(int number) {
      return statistics.devices().get(number);
    }

    long executed(String opcode) {
      return statistics.of(opcode).executed();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    kernels.close();
  }

  /** A device that computes with the processor's kernels, in memory of its own. */
  FakeAccelerator device(String name) {
    return device(name, ROOM);
  }

  /** As the other, with room for so many bytes. */
  FakeAccelerator device(String name, long bytes) {
    return new FakeAccelerator(name, kernels, bytes);
  }

  static DeviceConfig on(String placement, String... among) {
    return new DeviceConfig(placement, List.of(among), Map.of());
  }

  static SessionConfig config(DeviceConfig devices, ReuseMode reuse) {
    return SessionConfig.defaults()
        .withThreads(4)
        .withSeed(7)
        .withReuse(reuse)
        .withHostBytes(256L << 20)
        .withDevices(devices);
  }

  /** What the script prints on the processor, without reuse. */
  static String expected(String script) {
    return run(config(DeviceConfig.CPU, ReuseMode.NONE), script).output();
  }

  static Outcome run(SessionConfig config, String script, FakeAccelerator... devices) {
    return run(config, CacheEvents.NONE, script, devices);
  }

  static Outcome run(
      SessionConfig config, CacheEvents events, String script, FakeAccelerator... devices) {
    return run(config, events, services -> compile(services, script).run(Map::of), devices);
  }

  static ScriptRunner compile(SessionServices services, String script) throws CompileException {
    return ScriptCompiler.compile(services, script, CompileOptions.none());
  }

  static Outcome run(
      SessionConfig config, CacheEvents events, Use use, FakeAccelerator... devices) {
    return run(config, events, Keeping.everything(), use, devices);
  }

  /** As a user's session does, which keeps what pays. */
  static Outcome runKeepingWhatPays(
      SessionConfig config, CacheEvents events, String script, FakeAccelerator... devices) {
    return run(
        config,
        events,
        Keeping.whatPays(),
        services -> compile(services, script).run(Map::of),
        devices);
  }

  private static Outcome run(
      SessionConfig config,
      CacheEvents events,
      Keeping keeping,
      Use use,
      FakeAccelerator... devices) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    SessionServices services =
        SessionServices.withAccelerators(
            config.withOutput(out, out), events, keeping, providers(List.of(devices)));
    RunStatistics statistics;
    try (services) {
      ScriptRunner.Outcome outcome = use.in(services);
      outcome.values().values().forEach(Value::release);
      statistics = outcome.statistics();
    } catch (CompileException e) {
      throw new AssertionError(String.valueOf(e.diagnostics()), e);
    } finally {
      assertThat(services.liveBuffersAtClose()).isZero();
      Stream.of(devices).forEach(FakeDevices::assertNothingIsLeft);
    }
    out.flush();
    return new Outcome(
        bytes.toString(StandardCharsets.UTF_8), statistics, services.restoration().restored());
  }

  private static void assertNothingIsLeft(FakeAccelerator device) {
    assertThat(device.liveBuffers()).as(device.name()).isZero();
    assertThat(device.liveScratch()).as(device.name()).isZero();
    assertThat(device.isClosed() || device.launches() == 0).as(device.name()).isTrue();
  }

  /** One for each kind of device, as in a session that finds them by itself. */
  private static List<AcceleratorProvider> providers(List<FakeAccelerator> devices) {
    return devices.stream()
        .collect(Collectors.groupingBy(each -> each.name().substring(0, each.name().indexOf(':'))))
        .entrySet()
        .stream()
        .map(kind ->
            FakeAccelerator.provider(
                kind.getKey(), kind.getValue().toArray(FakeAccelerator[]::new)))
        .toList();
  }
}
