"""One writing for matching: half-width, simplified. Each character stays one character, so offsets hold."""

from __future__ import annotations

import re

# Traditional characters that occur in place names and letters, each before its simplified form.
_TRADITIONAL = (
    "東东 縣县 鄉乡 鎮镇 區区 園园 場场 莊庄 橋桥 溝沟 嶺岭 島岛 灣湾 門门 龍龙 馬马 陽阳 陰阴 關关 廟庙 寧宁 廣广 "
    "雲云 華华 興兴 義义 樂乐 長长 張张 陳陈 劉刘 楊杨 趙赵 黃黄 吳吴 鄭郑 馮冯 韓韩 許许 鄧邓 蕭萧 葉叶 蘇苏 盧卢 "
    "蔣蒋 賈贾 魯鲁 薑姜 範范 陸陆 萬万 錢钱 湯汤 賀贺 賴赖 龔龚 岡冈 崗岗 壩坝 寶宝 豐丰 澤泽 瀘泸 滬沪 濟济 漢汉 "
    "湖湖 濱滨 灘滩 漣涟 淵渊 涇泾 渾浑 溫温 滿满 潔洁 瀋沈 瀏浏 灤滦 爾尔 獅狮 獲获 環环 瓊琼 畢毕 當当 疊叠 盤盘 "
    "碼码 礦矿 禮礼 穎颖 積积 窪洼 窯窑 竇窦 築筑 節节 紅红 紹绍 綏绥 維维 綠绿 線线 羅罗 聖圣 聯联 肅肃 膠胶 臨临 "
    "興兴 舊旧 蘭兰 薊蓟 藍蓝 蘆芦 蘄蕲 處处 蟲虫 衛卫 裡里 裏里 襄襄 觀观 訥讷 誠诚 諸诸 議议 護护 豬猪 貴贵 費费 "
    "賓宾 贛赣 贊赞 車车 軍军 輝辉 輪轮 辦办 農农 遠远 遼辽 邊边 還还 郵邮 鄂鄂 鄒邹 醫医 釣钓 鈴铃 銀银 銅铜 鋼钢 "
    "錫锡 鍋锅 鎬镐 鏡镜 鐘钟 鐵铁 鑒鉴 閣阁 閩闽 閘闸 閻阎 闊阔 隊队 階阶 際际 隨随 險险 雙双 雞鸡 離离 雖虽 電电 "
    "霧雾 靈灵 靜静 韶韶 頂顶 順顺 頭头 領领 題题 類类 顧顾 風风 飛飞 館馆 駐驻 騰腾 驛驿 魚鱼 鮮鲜 鳥鸟 鳳凤 鴨鸭 "
    "鵝鹅 鶴鹤 鷹鹰 鹽盐 麗丽 麥麦 黨党 黎黎 齊齐 龜龟 國国 會会 員员 書书 記记 們们 這这 個个 來来 時时 為为 對对 "
    "說说 實实 給给 過过 錄录 問问 間间 開开 學学 樓楼 補补 償偿 條条 檢检 舉举 報报 貪贪 產产 業业 職职 單单 發发 "
    "與与 從从 後后 並并 幾几 點点 歲岁 稱称 將将 無无 現现 區区 戶户 號号 層层 屬属 歸归 應应 戰战 據据 據据 擔担 "
    "擴扩 樹树 機机 權权 歷历 殺杀 氣气 決决 沒没 淺浅 減减 湧涌 準准 漁渔 潛潜 澗涧 濁浊 瀾澜 災灾 爭争 牆墙 獨独 "
    "瑪玛 壇坛 墾垦 壯壮 壽寿 夾夹 奧奥 婁娄 孫孙 宮宫 寬宽 峽峡 嵐岚 嶼屿 巖岩 幹干 庫库 廈厦 廠厂 彎弯 彌弥 徑径 "
    "恆恒 慶庆 慈慈 懷怀 攔拦 斷断 昇升 暉晖 曉晓 曠旷 朧胧 柵栅 棗枣 榮荣 槍枪 樺桦 橫横 櫻樱 歐欧 殼壳 潤润 縱纵 "
    "總总 織织 纜缆 缽钵 羣群 翹翘 聰聪 腦脑 臺台 蓋盖 蓮莲 蔭荫 虛虚 螞蚂 街街 複复 覺觉 計计 調调 譚谭 谷谷 財财 "
    "貨货 買买 賽赛 趕赶 躍跃 軒轩 轉转 迴回 連连 進进 運运 達达 遙遥 遷迁 選选 鄰邻 醬酱 針针 鋪铺 錦锦 鎖锁 鑄铸 "
    "閑闲 闢辟 陝陕 隴陇 須须 飯饭 餘余 駕驾 騎骑 驗验 鬆松 鬥斗 鬧闹 鰲鳌 鸞鸾 麼么 黔黔 黴霉 鼇鳌 滎荥 滄沧 滙汇 "
    "匯汇 瀆渎 灃沣 滸浒 邨村 邳邳 郟郏 鄆郓 鄲郸 鄺邝 隸隶 鞏巩 鞦秋 韋韦 頰颊 驪骊 鹼碱 莖茎 萊莱 葦苇 蒼苍 藺蔺 "
    "蠶蚕 衡衡 誼谊 貢贡 貫贯 賢贤 質质 贏赢 遂遂 鉛铅 鉅巨 銘铭 鋒锋 錨锚 鍾钟 鏈链 閔闵 陘陉 堯尧 塊块 塢坞 塵尘 "
    "墊垫 墳坟 墻墙 執执 堅坚 報报 壺壶 奪夺 婦妇 媽妈 專专 尋寻 導导 嶽岳 師师 帥帅 帶带 幣币 庒庄 廬庐 彙汇 徹彻 "
    "愛爱 慮虑 憑凭 懸悬 戲戏 拋抛 捲卷 採采 換换 損损 撫抚 撥拨 擁拥 擇择 擋挡 擊击 攜携 敗败 敵敌 數数 曬晒 書书 "
    "東东 極极 構构 標标 樁桩 櫃柜 欄栏 歡欢 歸归 毀毁 汙污 湊凑 滅灭 滾滚 漲涨 漸渐 潑泼 濃浓 濕湿 濤涛 濾滤 瀉泻 "
    "煙烟 煉炼 熱热 燈灯 燒烧 營营 爛烂 牽牵 狀状 瑣琐 畝亩 畫画 異异 療疗 癥症 盜盗 眾众 睜睁 碩硕 確确 磚砖 禍祸 "
    "種种 穀谷 窮穷 競竞 筆笔 簡简 籌筹 簽签 籃篮 紀纪 約约 級级 細细 終终 組组 結结 絕绝 統统 經经 綜综 網网 緊紧 "
    "縮缩 績绩 繼继 續续 罰罚 罷罢 習习 聞闻 聽听 腳脚 臉脸 舖铺 艱艰 蘊蕴 號号 術术 裝装 製制 複复 見见 規规 視视 "
    "親亲 訂订 訊讯 討讨 訓训 託托 設设 訪访 訴诉 詐诈 評评 試试 話话 該该 認认 誘诱 語语 誤误 請请 論论 證证 識识 "
    "譜谱 警警 讓让 負负 責责 賄贿 資资 賣卖 賬账 賭赌 購购 贈赠 趨趋 踐践 軟软 較较 載载 輛辆 辭辞 遲迟 適适 遺遗 "
    "釋释 鑽钻 陣阵 隱隐 雜杂 難难 靠靠 響响 頁页 項项 預预 頓顿 願愿 飲饮 養养 餐餐 騙骗 驚惊 鬱郁"
)


def _table() -> dict[int, str]:
    table = {ord(pair[0]): pair[1] for pair in _TRADITIONAL.split() if pair[0] != pair[1]}
    table.update({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
    table[0x3000] = " "
    return table


_FOLD = _table()


# A line that a scanner or a narrow screen broke inside a sentence, and characters set apart one by one.
_BROKEN = re.compile(r"(?<=[㐀-鿿]{10})[ \t]*\r?\n[ \t]*(?=[㐀-鿿]{4})")
_SPACED = re.compile(r"[㐀-鿿](?: [㐀-鿿]){3,}")


def fold(text: str) -> str:
    """The text in half-width and simplified characters, of the same length."""
    return text.translate(_FOLD)


def unbroken(folded: str) -> tuple[str, list[int] | None]:
    """The text without line feeds and blanks inside names, and where each character stood; None if nothing was cut."""
    # The first line feed may part the title from the letter.
    title = folded.find("\n")
    cuts = [match.span() for match in _BROKEN.finditer(folded) if title not in range(*match.span())]
    for match in _SPACED.finditer(folded):
        cuts += [(at, at + 1) for at in range(match.start() + 1, match.end(), 2)]
    if not cuts:
        return folded, None
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for start, end in sorted(cuts):
        pieces.append(folded[at:start])
        places.extend(range(at, start))
        at = max(at, end)
    pieces.append(folded[at:])
    places.extend(range(at, len(folded) + 1))
    return "".join(pieces), places
