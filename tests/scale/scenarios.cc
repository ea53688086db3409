#include "tests/scale/scenarios.h"

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "tests/scale/parties.h"

namespace switchboard::scale {
namespace {

constexpr double kSecond = 1e6;
constexpr double kForever = 1e12;

// Below which this part of all lie.
double Quantile(std::vector<double> times, double part) {
  if (times.empty()) return 0;
  const auto place =
      std::min(times.size() - 1, static_cast<size_t>(part * static_cast<double>(times.size())));
  std::nth_element(times.begin(), times.begin() + static_cast<ptrdiff_t>(place), times.end());
  return times[place];
}

Figures Sum(const World& world, double micros, double count) {
  Figures figures;
  figures.rate = count / micros * kSecond;
  figures.hub_cores = world.hub_busy() / micros;
  figures.database_cores = world.database_busy() / micros;
  figures.commits = world.groups() / micros * kSecond;
  return figures;
}

void AddTimes(const std::vector<double>& times, Figures* figures) {
  figures->p50_us = Quantile(times, 0.5);
  figures->p99_us = Quantile(times, 0.99);
}

std::vector<std::unique_ptr<VendorModel>> Vendors(World& world, bool report) {
  std::vector<std::unique_ptr<VendorModel>> vendors;
  for (int vendor = 0; vendor < world.vendors(); ++vendor)
    vendors.push_back(std::make_unique<VendorModel>(world, vendor, report));
  return vendors;
}

}  // namespace

Figures Circle(const Costs& costs, const Layout& layout, int vendors, int64_t accounts) {
  EventLoop loop;
  World world(loop, costs, layout, vendors);
  const auto parties = Vendors(world, /*report=*/true);
  ReadingCore reading(world);
  ImportingCore importing(world, accounts);
  loop.Run(kForever, [&] { return reading.read() >= accounts; });
  return Sum(world, loop.now(), static_cast<double>(accounts));
}

Figures Imports(const Costs& costs, const Layout& layout, int vendors, int64_t accounts) {
  EventLoop loop;
  World world(loop, costs, layout, vendors);
  ImportingCore importing(world, accounts);
  loop.Run(kForever, [&] { return importing.answered() >= accounts; });
  return Sum(world, loop.now(), static_cast<double>(accounts));
}

Figures PermitsOutstanding(const Costs& costs, const Layout& layout, int vendors, int outstanding,
                           int64_t permits) {
  EventLoop loop;
  World world(loop, costs, layout, vendors);
  std::vector<double> times;
  int64_t asked = 0;
  std::function<void(double)> next;
  PermitAsker asker(world, [&next](double took) { next(took); });
  const auto ask = [&] {
    const auto number = static_cast<int>(asked++);
    asker.Ask(number % vendors, number / vendors % layout.databases);
  };
  next = [&](double took) {
    times.push_back(took);
    if (asked < permits) ask();
  };
  for (int i = 0; i < outstanding; ++i) ask();
  loop.Run(kForever, [&] { return static_cast<int64_t>(times.size()) >= permits; });
  Figures figures = Sum(world, loop.now(), static_cast<double>(permits));
  AddTimes(times, &figures);
  return figures;
}

Figures PermitsPerSecond(const Costs& costs, const Layout& layout, int vendors, double per_second,
                         double seconds, uint64_t seed) {
  EventLoop loop;
  World world(loop, costs, layout, vendors);
  std::vector<double> times;
  PermitAsker asker(world, [&times](double took) { times.push_back(took); });
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> pause(per_second / kSecond);
  int64_t asked = 0;
  for (double at = pause(random); at < seconds * kSecond; at += pause(random)) {
    const auto vendor = static_cast<int>(random() % static_cast<uint64_t>(vendors));
    const auto database = static_cast<int>(random() % static_cast<uint64_t>(layout.databases));
    loop.Call(at, [&asker, vendor, database] { asker.Ask(vendor, database); });
    ++asked;
  }
  loop.Run(seconds * kSecond);
  Figures figures = Sum(world, loop.now(), static_cast<double>(times.size()));
  AddTimes(times, &figures);
  // What is under way at the end is little where the hub keeps up.
  figures.kept_up = static_cast<double>(times.size()) > 0.98 * static_cast<double>(asked);
  return figures;
}

Figures Payments(const Costs& costs, const Layout& layout, int vendors, double per_second,
                 int64_t payments) {
  EventLoop loop;
  World world(loop, costs, layout, vendors);
  const auto parties = Vendors(world, /*report=*/false);
  std::vector<std::vector<double>> posted(static_cast<size_t>(vendors));
  std::vector<double> times;
  for (size_t vendor = 0; vendor < parties.size(); ++vendor) {
    parties[vendor]->OnlyWithdrawals();
    parties[vendor]->on_batch = [&, vendor, known = size_t{0}](int64_t through) mutable {
      while (known < static_cast<size_t>(through))
        times.push_back(loop.now() - posted[vendor][known++]);
    };
  }
  PaymentPoster poster(world);
  for (int64_t i = 0; i < payments; ++i) {
    const auto vendor = static_cast<int>(i % vendors);
    loop.Call(static_cast<double>(i) * kSecond / per_second, [&, vendor] {
      posted[static_cast<size_t>(vendor)].push_back(loop.now());
      poster.Post(vendor);
    });
  }
  loop.Run(kForever, [&] { return static_cast<int64_t>(times.size()) >= payments; });
  Figures figures = Sum(world, loop.now(), static_cast<double>(payments));
  AddTimes(times, &figures);
  return figures;
}

}  // namespace switchboard::scale
